package dev.fq;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.impl.UnsupportedTypeDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what keeps tasks of a class from being made again from JSON, before any worker meets one.
 * It asks Jackson for the parts with which it would read each field, and reads nothing.
 */
final class TaskTypeCheck {

  private static final String NO_CONSTRUCTOR =
      "expected a record, or a class with a constructor that has no parameters or is marked"
          + " @JsonCreator";

  private final DeserializationConfig config;
  private final DefaultDeserializationContext context;
  private final Set<JavaType> seen = new HashSet<>();

  private TaskTypeCheck(ObjectMapper mapper) {
    this.config = mapper.getDeserializationConfig();
    this.context =
        ((DefaultDeserializationContext) mapper.getDeserializationContext())
            .createDummyInstance(config);
  }

  /**
   * What is in the way, in words; empty when tasks of this class can be read, and when a class that
   * it needs is not there, which is for the worker to tell that meets such a task.
   */
  static Optional<String> obstacle(ObjectMapper mapper, Class<?> type) {
    try {
      return found(mapper, type);
    } catch (LinkageError incomplete) {
      return Optional.empty();
    }
  }

  private static Optional<String> found(ObjectMapper mapper, Class<?> type) {
    if (Modifier.isAbstract(type.getModifiers())) {
      return Optional.of("it is abstract");
    }
    boolean isInner = type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers());
    if (isInner && !type.isRecord()) {
      return Optional.of("it is an inner class that is not static");
    }
    Optional<String> unbound = unboundField(type);
    return unbound.isPresent()
        ? unbound
        : new TaskTypeCheck(mapper).ofBean(mapper.constructType(type), "");
  }

  private static Optional<String> unboundField(Class<?> type) {
    for (Field field : type.getDeclaredFields()) {
      boolean isWritten = (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0;
      TypeVariable<?> variable = isWritten ? variable(field.getGenericType()) : null;
      if (variable != null) {
        return Optional.of(
            "field \"%s\" is of type %s, which only a class that extends %s could say"
                .formatted(field.getName(), variable, type.getSimpleName()));
      }
    }
    return Optional.empty();
  }

  private static @Nullable TypeVariable<?> variable(Type type) {
    if (type instanceof TypeVariable<?> variable) {
      return variable;
    }
    if (type instanceof GenericArrayType array) {
      return variable(array.getGenericComponentType());
    }
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        TypeVariable<?> variable = variable(argument);
        if (variable != null) {
          return variable;
        }
      }
    }
    return null;
  }

  private Optional<String> ofBean(JavaType type, String path) {
    BeanDescription bean = config.introspect(type);
    for (BeanPropertyDefinition field : bean.findProperties()) {
      AnnotatedMember member = field.getPrimaryMember();
      boolean saysHow =
          member != null
              && (member.hasAnnotation(JsonTypeInfo.class)
                  || member.hasAnnotation(JsonDeserialize.class));
      if (!saysHow && field.couldDeserialize()) {
        String place = path + (path.isEmpty() ? "" : ".") + field.getName();
        Optional<String> obstacle = ofValue(field.getPrimaryType(), place);
        if (obstacle.isPresent()) {
          return obstacle;
        }
      }
    }
    return canBeMade(type)
        ? Optional.empty()
        : Optional.of(path.isEmpty() ? NO_CONSTRUCTOR : at(path, type, NO_CONSTRUCTOR));
  }

  private Optional<String> ofValue(JavaType type, String path) {
    if (!seen.add(type)
        || config.introspectClassAnnotations(type).getClassAnnotations().has(JsonTypeInfo.class)) {
      return Optional.empty();
    }
    if (type.isContainerType()) {
      return ofValue(type.getContentType(), path);
    }
    JsonDeserializer<?> reader = reader(type);
    if (reader instanceof AbstractDeserializer) {
      return Optional.of(at(path, type, "it is abstract"));
    }
    if (reader == null || reader instanceof UnsupportedTypeDeserializer) {
      return Optional.of(at(path, type, "it has no form in JSON"));
    }
    return reader instanceof BeanDeserializerBase ? ofBean(type, path) : Optional.empty();
  }

  private boolean canBeMade(JavaType type) {
    if (!(reader(type) instanceof BeanDeserializerBase reader)) {
      return true;
    }
    ValueInstantiator constructors = reader.getValueInstantiator();
    return constructors.canCreateUsingDefault()
        || constructors.canCreateFromObjectWith()
        || constructors.canCreateUsingDelegate();
  }

  private @Nullable JsonDeserializer<?> reader(JavaType type) {
    try {
      return context.findNonContextualValueDeserializer(type);
    } catch (JsonMappingException | IllegalArgumentException e) {
      return null;
    }
  }

  private static String at(String path, JavaType type, String why) {
    return "field \"%s\": no %s can be made, since %s"
        .formatted(path, type.getRawClass().getSimpleName(), why);
  }
}
